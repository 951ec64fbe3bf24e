package dev.turnpike.schemas.control;

/** How the limits of a tree of groups relate; one mode for a whole tree. */
public enum LimitEnforcement {
    /** Ancestors are templates: the nearest declaration wins, each group has its own counter. */
    INDEPENDENT,
    /** Ancestors are shared pools: every declaration on the path applies and is charged. */
    CASCADING
}
