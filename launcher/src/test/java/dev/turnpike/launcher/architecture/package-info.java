/**
 * The rules of the house, checked on the compiled classes of every module: who may see whom, what a
 * pure package may touch, and what is not written anywhere. Only such rules live here.
 */
@NullMarked
package dev.turnpike.launcher.architecture;

import org.jspecify.annotations.NullMarked;
