package dev.turnpike.control.prices;

import java.nio.file.Path;
import java.util.List;

/** A price file that cannot be used. The message names every mistake. */
public final class InvalidPricesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidPricesException(Path file, List<String> mistakes) {
        super(file + " is not a price file:\n  " + String.join("\n  ", mistakes));
    }
}
