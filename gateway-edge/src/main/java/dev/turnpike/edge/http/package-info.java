/**
 * The edge's listener: turns Helidon's requests into the pipeline's and the pipeline's answers into
 * Helidon's. Nothing is decided here.
 */
@NullMarked
package dev.turnpike.edge.http;

import org.jspecify.annotations.NullMarked;
