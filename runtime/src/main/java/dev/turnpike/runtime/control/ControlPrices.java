package dev.turnpike.runtime.control;

import dev.turnpike.schemas.price.PriceBook;
import java.util.function.Supplier;

/**
 * The price book of the control log as it is now; made anew when a price has changed. Thread-safe,
 * and cheap enough to be asked for every request.
 */
public final class ControlPrices implements Supplier<PriceBook> {
    private final ControlView view;
    private volatile Edition edition = new Edition(-1, PriceBook.EMPTY);

    public ControlPrices(ControlView view) {
        this.view = view;
    }

    /** A book and the edition of the view's prices that it is at least as new as. */
    private record Edition(long number, PriceBook book) {}

    @Override
    public PriceBook get() {
        var current = edition;
        return current.number() == view.pricesEdition() ? current.book() : renewed();
    }

    private synchronized PriceBook renewed() {
        long number = view.pricesEdition();
        if (edition.number() != number) {
            edition = new Edition(number, new PriceBook(view.consistently(view::prices)));
        }
        return edition.book();
    }
}
