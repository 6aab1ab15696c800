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

/*
 * Memory from "context", huge where it must be, which is cleaned up as a
 * whole after an error; and PostgreSQL's interrupts.  For work that is bounded
 * by itself, such as that on a sample or on a page.
 */
extern RawEnv server_env(MemoryContext context);

/*
 * The same within simhash.memory_limit, to which all counts that is in the
 * context of limited_context() that "context" is or belongs to.
 */
extern RawEnv limited_env(MemoryContext context);

#endif							/* SERVERENV_H */
