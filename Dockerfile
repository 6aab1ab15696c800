# PostgreSQL with simhash, on the official image:
#
#   docker build --build-arg PG_MAJOR=18 -t postgres-simhash .
#   docker run -e POSTGRES_PASSWORD=... postgres-simhash
#   psql ... -c 'CREATE EXTENSION simhash' -c 'CREATE EXTENSION simhash_html'

ARG PG_MAJOR=18
FROM postgres:${PG_MAJOR} AS build
ARG PG_MAJOR
RUN apt-get update \
	&& apt-get install -y --no-install-recommends \
		gcc libc6-dev libxml2-dev libxxhash-dev make "postgresql-server-dev-${PG_MAJOR}" \
	&& rm -rf /var/lib/apt/lists/*
COPY Makefile simhash.control /simhash/
COPY src /simhash/src
COPY html /simhash/html
WORKDIR /simhash
# Without bitcode, which takes the compiler that PostgreSQL was built with.
RUN make with_llvm=no && make with_llvm=no DESTDIR=/install install

FROM postgres:${PG_MAJOR}
LABEL org.opencontainers.image.title="PostgreSQL with simhash" \
	org.opencontainers.image.description="Article similarity: fingerprints, reprints, text reuse, clusters and stories" \
	org.opencontainers.image.licenses="PostgreSQL"
COPY --from=build /install/ /
COPY LICENSE /usr/share/doc/simhash/
