package io.leadroutes.poll;

import io.leadroutes.ledger.Look;

/** What all requests of one pass have in common: whose calls are read, what for, and how. */
record PassScope(Source source, Kind kind, Look look) {}
