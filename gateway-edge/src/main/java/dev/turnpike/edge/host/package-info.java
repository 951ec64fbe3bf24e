/**
 * The host names of the gateway: what is seen under each, and the certificate it shows.
 *
 * <p>What domains there are comes from the control view; who calls and what their key may use is
 * decided in the pipeline.
 */
@NullMarked
package dev.turnpike.edge.host;

import org.jspecify.annotations.NullMarked;
