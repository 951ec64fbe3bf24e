/**
 * What every service's main needs, one package per concern: settings, problems, HTTP basics, keys,
 * secrets, lifecycle, Kafka clients and the view of the control log.
 *
 * <p>What is particular to one service does not enter; neither does anything two services agree on
 * over the log, which belongs to the schemas module.
 */
@NullMarked
package dev.turnpike.runtime;

import org.jspecify.annotations.NullMarked;
