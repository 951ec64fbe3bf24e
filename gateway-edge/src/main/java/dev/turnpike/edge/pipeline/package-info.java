/**
 * The life of one request, stage by stage, on the request's virtual thread. A stage takes what the
 * one before produced and gives what the next one needs; it throws {@code ProblemException} to
 * refuse. No HTTP server type enters here, and the money path has one exit, {@link
 * dev.turnpike.edge.pipeline.OpenRequest}.
 */
@NullMarked
package dev.turnpike.edge.pipeline;

import org.jspecify.annotations.NullMarked;
