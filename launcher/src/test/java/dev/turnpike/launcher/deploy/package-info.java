/**
 * The files that deploy Turnpike (Dockerfile, docker-compose.yml), held to what the code says. No
 * Docker engine is needed or used.
 */
@NullMarked
package dev.turnpike.launcher.deploy;

import org.jspecify.annotations.NullMarked;
