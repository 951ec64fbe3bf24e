package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.DeletePrefix;
import dev.turnpike.control.domain.Command.RegisterPrefix;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.Slug;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** {@code /prefixes}: what slugs may begin with. */
final class PrefixRoutes {
    private static final String PREFIXES = "/prefixes";
    private static final String PREFIX = PREFIXES + "/{prefix}";
    private static final int LENGTH_MAX = 100;

    private final Lists lists;

    PrefixRoutes(Lists lists) {
        this.lists = lists;
    }

    List<Route> routes() {
        return List.of(
                Route.post(PREFIXES, Operation.WRITE_PREFIXES, PrefixRoutes::register),
                Route.list(PREFIXES, Operation.READ_PREFIXES, this::list),
                Route.get(PREFIX, Operation.READ_PREFIXES, PrefixRoutes::read),
                Route.delete(PREFIX, Operation.WRITE_PREFIXES, PrefixRoutes::delete));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.PREFIX));
    }

    private static Reply read(Reading reading) {
        var prefix =
                reading.image().prefix(reading.path().apply("prefix")).orElseThrow(Reading::absent);
        return Reply.of(Views.of(prefix), prefix);
    }

    private static Change register(Asking asking) {
        var text = asking.body().text("prefix", 1, LENGTH_MAX);
        if (!Slug.isPrefix(text)) {
            throw wrong(asking.body(), "prefix");
        }
        return Change.of(
                new RegisterPrefix(text),
                done -> {
                    var prefix = Objects.requireNonNull(done.subject());
                    return Reply.of(Views.of(prefix), prefix);
                });
    }

    private static Change delete(Asking asking) {
        var text = asking.path().apply("prefix");
        return Change.of(
                new DeletePrefix(text),
                done -> Reply.of(Json.object().put("id", text).put("prefix", text)));
    }

    /** The {@code prefixes} of a domain. */
    static List<String> read(Fields body, int max) {
        var texts = body.optionalTexts("prefixes", max, LENGTH_MAX);
        var prefixes = new ArrayList<>(texts.orElseThrow(() -> body.missing("prefixes")));
        for (int i = 0; i < prefixes.size(); i++) {
            if (!Slug.isPrefix(prefixes.get(i))) {
                throw wrong(body, "prefixes[" + i + "]");
            }
        }
        return prefixes;
    }

    private static RuntimeException wrong(Fields body, String name) {
        return body.wrong(name, "must be what a slug can have before its slash");
    }
}
