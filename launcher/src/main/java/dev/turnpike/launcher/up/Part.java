package dev.turnpike.launcher.up;

import java.util.Locale;

/** The services, in the order in which they start. */
public enum Part {
    CONTROL_PLANE,
    USAGE_AGGREGATOR,
    WEBHOOK_DISPATCHER,
    EDGE;

    /** The name of the command that runs it alone. */
    public String command() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
