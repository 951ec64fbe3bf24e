/**
 * The command line: commands, options, help, exit codes, and what is printed. A command reads its
 * options into settings and hands over to {@code up} or {@code demo}.
 */
@NullMarked
package dev.turnpike.launcher.cli;

import org.jspecify.annotations.NullMarked;
