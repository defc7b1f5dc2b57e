package io.leadroutes.call;

/**
 * A record of a page that could not be read.
 *
 * @param reason what is wrong with it, without personal data
 * @param raw its text as it came
 */
public record SetAside(String reason, RawRecord raw) {}
