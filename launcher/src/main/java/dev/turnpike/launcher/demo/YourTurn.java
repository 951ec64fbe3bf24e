package dev.turnpike.launcher.demo;

import dev.turnpike.launcher.up.AllInOne;

/** How a newcomer goes on from the demo. */
final class YourTurn {
    private static final String TEXT =
            """

            Your turn. Everything keeps running; Ctrl-C stops it.

               base URL   %1$s/v1
               API key    %2$s
               model      %3$s

            curl:

               curl -N %1$s/v1/chat/completions \\
                 -H 'Authorization: Bearer %2$s' -H 'Content-Type: application/json' \\
                 -d '{"model": "%3$s", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'

            Python, two lines of your OpenAI client:

               client = OpenAI(base_url="%1$s/v1",
                               api_key="%2$s")

            Node:

               const client = new OpenAI({ baseURL: "%1$s/v1",
                                           apiKey: "%2$s" });

            Management API, as the owner:

               curl -H 'Authorization: Bearer %4$s' %5$s/v1/gateway/groups

            What you call shows up here as the billing system receives it:

            """;

    private YourTurn() {}

    static String text(AllInOne all, String key, String ownerKey) {
        return TEXT.formatted(all.gatewayUrl(), key, Story.SLUG, ownerKey, all.controlUrl());
    }
}
