package io.leadroutes.poll;

/**
 * One page to fetch.
 *
 * @param number from 1
 */
public record PageRequest(Pass pass, int number) {}
