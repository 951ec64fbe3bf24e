/**
 * The command line: commands, options, help, exit codes, and what is printed. A command reads its
 * options and hands over to {@code up}, {@code demo} or {@code manage}.
 */
@NullMarked
package dev.turnpike.launcher.cli;

import org.jspecify.annotations.NullMarked;
