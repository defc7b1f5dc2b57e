package io.leadroutes.lead;

/**
 * A contact detail that was there and was no value, so that the next source counts. The value
 * itself stays in the call.
 *
 * @param detail which detail it would have been, as {@code company}
 * @param variable where it stood, by the name of it in the settings, or the call's own field
 * @param reason why it is none, as {@code no phone number}
 */
public record Dropped(String detail, String variable, String reason) {}
