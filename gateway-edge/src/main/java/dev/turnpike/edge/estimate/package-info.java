/**
 * Guesses token counts where no provider has counted: prompts before they are sent, and answers
 * whose usage nobody reports.
 *
 * <p>Text comes in and numbers go out. Nothing here decides what is charged.
 */
@NullMarked
package dev.turnpike.edge.estimate;

import org.jspecify.annotations.NullMarked;
