/**
 * Tests of the {@code turnpike} shell script, on a small checkout with a scripted JDK and Maven.
 */
@NullMarked
package dev.turnpike.launcher.script;

import org.jspecify.annotations.NullMarked;
