package dev.turnpike.bench.rig;

import dev.turnpike.bench.load.LoadFigures;
import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.load.LoadMain;
import dev.turnpike.runtime.http.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The load generator's process, asked one job at a time. */
public final class LoadGenerator implements AutoCloseable {
    private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-Xmx256m");

    private final Child child;

    private LoadGenerator(Child child) {
        this.child = child;
    }

    static LoadGenerator start(Path directory) {
        var command = Child.java(LoadMain.class, OPTIONS, List.of());
        return new LoadGenerator(Child.start("load", command, Map.of(), directory, false));
    }

    /**
     * Runs a job and waits for it.
     *
     * @throws BenchException if the generator fails
     */
    public LoadFigures run(LoadJob job) {
        begin(job);
        return end();
    }

    /** Begins a job; {@link #end} must follow before the next. */
    public void begin(LoadJob job) {
        child.say(new String(Json.bytes(job), StandardCharsets.UTF_8));
    }

    /**
     * Waits for the job that was begun.
     *
     * @throws BenchException if the generator fails
     */
    public LoadFigures end() {
        var line = "{" + child.awaitLine("{");
        return Json.parse(line.getBytes(StandardCharsets.UTF_8), LoadFigures.class);
    }

    @Override
    public void close() {
        child.close();
    }
}
