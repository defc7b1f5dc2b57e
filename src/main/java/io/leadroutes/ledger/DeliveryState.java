package io.leadroutes.ledger;

import java.util.Locale;

/** Where a delivery stands; its column holds the name in lower case. */
enum DeliveryState {
  /** To be sent when it is due. */
  PENDING,
  /** Claimed; a request may have left. */
  SENDING,
  /** The sink has this version. */
  DELIVERED,
  /** Only a person can help. */
  DEAD,
  /** It may have arrived: to be looked up when it is due. */
  UNKNOWN,
  /** Not to be sent. */
  CANCELLED;

  /** As the column holds it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
