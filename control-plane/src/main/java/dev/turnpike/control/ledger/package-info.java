/**
 * Reads of the log of requests and of the ledger, made when somebody asks: nothing is kept in
 * memory between two questions, and every question has a bound of records and of time. Consumers
 * enter; HTTP and the control log do not, and nothing is written.
 */
@NullMarked
package dev.turnpike.control.ledger;

import org.jspecify.annotations.NullMarked;
