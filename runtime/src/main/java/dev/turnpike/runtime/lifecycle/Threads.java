package dev.turnpike.runtime.lifecycle;

import java.util.concurrent.ThreadFactory;

/** Named threads whose death is never silent. */
public final class Threads {
    private Threads() {}

    /** Starts a platform thread; whatever leaves {@code body} is reported and ends the thread. */
    public static Thread platform(String name, FailureSink onFailure, Runnable body) {
        return Thread.ofPlatform()
                .name(name)
                .daemon(true)
                .uncaughtExceptionHandler((thread, e) -> onFailure.failed(thread.getName(), e))
                .start(body);
    }

    /** Starts a virtual thread; whatever leaves {@code body} is reported and ends the thread. */
    public static Thread virtual(String name, FailureSink onFailure, Runnable body) {
        return Thread.ofVirtual()
                .name(name)
                .uncaughtExceptionHandler((thread, e) -> onFailure.failed(thread.getName(), e))
                .start(body);
    }

    /** Makes virtual threads named {@code prefix0}, {@code prefix1}, ... */
    public static ThreadFactory virtualFactory(String prefix) {
        return Thread.ofVirtual().name(prefix, 0).factory();
    }
}
