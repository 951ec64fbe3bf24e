/**
 * Answers model requests: who calls, whether they may, what it will cost, who answers, what it
 * cost. {@link dev.turnpike.edge.EdgeService} wires the parts; HTTP comes in through {@code http},
 * runs top to bottom through {@code pipeline}, leaves through {@code upstream}, and is written down
 * in {@code journal}. Other services are met in topics only.
 */
@NullMarked
package dev.turnpike.edge;

import org.jspecify.annotations.NullMarked;
