package dev.turnpike.control.http;

import dev.turnpike.control.domain.Listing;
import dev.turnpike.schemas.control.ResourceKind;
import java.util.List;

/**
 * {@code /prices}, read-only: prices come from the price file.
 *
 * @param lists pages of lists
 */
record PriceRoutes(Lists lists) {
    List<Route> routes() {
        return List.of(
                Route.list("/prices", Operation.READ_PRICES, this::list),
                Route.get("/prices/{price_id}", Operation.READ_PRICES, PriceRoutes::read));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.PRICE));
    }

    private static Reply read(Reading reading) {
        var price =
                reading.image()
                        .price(reading.path().apply("price_id"))
                        .orElseThrow(Reading::absent);
        return Reply.of(Views.of(price), price);
    }
}
