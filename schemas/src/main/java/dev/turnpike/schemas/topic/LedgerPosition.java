package dev.turnpike.schemas.topic;

/** Where a ledger entry stands in {@code turnpike.ledger}. */
public record LedgerPosition(int partition, long offset) {}
