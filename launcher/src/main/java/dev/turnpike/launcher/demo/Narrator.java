package dev.turnpike.launcher.demo;

import java.io.PrintStream;

/** Tells people what is going on. Used by one thread at a time. */
public final class Narrator {
    private final PrintStream out;
    private int chapter;

    /**
     * @param out where people read
     */
    public Narrator(PrintStream out) {
        this.out = out;
    }

    /** Begins the next part of the story. */
    void chapter(String title) {
        chapter++;
        out.printf("%n%d. %s%n", chapter, title);
    }

    /** One line. */
    public void say(String format, Object... values) {
        out.printf("   " + format + "%n", values);
    }

    /** Part of a line. */
    void piece(String text) {
        out.print(text);
        out.flush();
    }

    /** Ends the line that pieces made. */
    void endLine() {
        out.println();
    }

    /** Lines as they are. */
    void block(String text) {
        out.print(text);
        out.flush();
    }
}
