/**
 * Our records against a schema registry that is not ours: a real Apicurio registry in a process of
 * its own. Runs only under Maven's profile {@code apicurio}, which downloads it. Tests of the
 * registry that the control plane serves itself do not belong here.
 */
@NullMarked
package dev.turnpike.launcher.registry;

import org.jspecify.annotations.NullMarked;
