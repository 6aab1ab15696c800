VACUUM stress;
SELECT checker.sound('stress_fp'), checker.sound('stress_wide');
\sleep 50 ms
