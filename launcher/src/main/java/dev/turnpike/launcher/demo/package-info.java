/**
 * The demo: the whole story of a gateway told over its real HTTP APIs, its real ledger and a real
 * webhook receiver. It checks signatures and entries with code of its own, so that it proves what
 * it says; nothing here may use the inside of a service.
 */
@NullMarked
package dev.turnpike.launcher.demo;

import org.jspecify.annotations.NullMarked;
