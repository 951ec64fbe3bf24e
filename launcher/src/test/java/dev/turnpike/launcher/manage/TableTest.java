package dev.turnpike.launcher.manage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final String GROUP =
            """
            {"id":"grp_1","metadata":{"external_entity_id":"acme","name":null},
             "models":[{"slug":"acme/a","rate_limits":[{"unit":"MINUTE","threshold":5}]},
                       {"slug":"acme/b","rate_limits":[]}],
             "tags":["x","y"]}
            """;

    @Test
    void anObjectIsALineForEveryValue() {
        assertThat(Table.ofObject(json(GROUP)))
                .isEqualTo(
                        """
                        id                                  grp_1
                        metadata.external_entity_id         acme
                        metadata.name                       -
                        models[0].slug                      acme/a
                        models[0].rate_limits[0].unit       MINUTE
                        models[0].rate_limits[0].threshold  5
                        models[1].slug                      acme/b
                        models[1].rate_limits               -
                        tags                                x,y
                        """);
    }

    @Test
    void aListHasAColumnForEveryValueOrTheChosenOnes() {
        var items = List.of(json(GROUP), json("{\"id\":\"grp_2\"}"));
        assertThat(Table.ofList(items, List.of()))
                .isEqualTo(
                        """
                        ID     METADATA.EXTERNAL_ENTITY_ID  METADATA.NAME  MODELS         TAGS
                        grp_1  acme                         -              acme/a,acme/b  x,y
                        grp_2
                        """);
        assertThat(Table.ofList(items, List.of("models", "id")))
                .isEqualTo("MODELS         ID\nacme/a,acme/b  grp_1\n               grp_2\n");
    }

    @Test
    void aValueCannotSteerTheTerminal() {
        assertThat(Table.ofObject(json("{\"name\":\"a\\u001b[2Jb\\u009bc\"}")))
                .isEqualTo("name  a?[2Jb?c\n");
    }

    private static com.fasterxml.jackson.databind.JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
