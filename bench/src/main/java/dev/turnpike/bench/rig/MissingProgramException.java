package dev.turnpike.bench.rig;

/** A program that is not ours has to be installed first; the message says how. */
public final class MissingProgramException extends BenchException {
    public MissingProgramException(String message) {
        super(message);
    }
}
