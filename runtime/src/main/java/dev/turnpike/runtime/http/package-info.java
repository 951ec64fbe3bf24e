/**
 * The ground every HTTP surface stands on: a bounded listener, routes, the one place that turns
 * problems into replies, JSON, health and metrics routes.
 *
 * <p>No route of a particular service lives here, and nothing here knows what a service does.
 */
@NullMarked
package dev.turnpike.runtime.http;

import org.jspecify.annotations.NullMarked;
