/**
 * Child processes of tests, to be killed at will. Which programs they run is the test's business.
 */
@NullMarked
package dev.turnpike.testkit.process;

import org.jspecify.annotations.NullMarked;
