/**
 * The control log: one replica owns it and appends, every replica follows it. Commands come in as
 * functions of the image and leave as facts in one Kafka transaction; answers wait for the commit.
 * What a command may do is the domain's business; HTTP does not enter here.
 */
@NullMarked
package dev.turnpike.control.log;

import org.jspecify.annotations.NullMarked;
