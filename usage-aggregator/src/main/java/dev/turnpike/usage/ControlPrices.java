package dev.turnpike.usage;

import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.usage.domain.PriceBook;
import java.util.function.Supplier;

/**
 * The price book of the control log as it is now; made anew when the log has moved. Thread-safe.
 */
final class ControlPrices implements Supplier<PriceBook> {
    private final ControlView view;
    private volatile Edition edition = new Edition(-1, PriceBook.EMPTY);

    ControlPrices(ControlView view) {
        this.view = view;
    }

    /** A book and the position of the log that it is at least as new as. */
    private record Edition(long position, PriceBook book) {}

    @Override
    public PriceBook get() {
        var current = edition;
        return current.position() == view.position() ? current.book() : renewed();
    }

    private synchronized PriceBook renewed() {
        long position = view.position();
        if (edition.position() != position) {
            edition = new Edition(position, new PriceBook(view.consistently(view::prices)));
        }
        return edition.book();
    }
}
