package dev.turnpike.schemas.usage;

/**
 * Value of {@code turnpike.requests}.
 *
 * @param stream who wrote it: edge id and incarnation, {@code edge/incarnation}; new at every start
 * @param sequence counts the records of one stream in one partition without gap, from 1
 */
public record RequestRecord(String stream, long sequence, RequestFact fact) {}
