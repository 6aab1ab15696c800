/*-------------------------------------------------------------------------
 *
 * serverenv.h
 *	  The world of the raw algorithms inside the server.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SERVERENV_H
#define SERVERENV_H

#include "postgres.h"

#include "base/rawenv.h"

extern RawEnv server_env(MemoryContext context);

#endif							/* SERVERENV_H */
