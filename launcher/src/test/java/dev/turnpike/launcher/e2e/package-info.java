/**
 * Turnpike from outside: processes started as an operator starts them, driven over HTTP and Kafka
 * by clients that share no code with the services. What a test can learn inside one service does
 * not belong here.
 */
@NullMarked
package dev.turnpike.launcher.e2e;

import org.jspecify.annotations.NullMarked;
