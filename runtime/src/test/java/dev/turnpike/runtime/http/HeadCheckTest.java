package dev.turnpike.runtime.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadCheckTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "api.example.com",
                "api.example.com:8080",
                "127.0.0.1:80",
                "[::1]",
                "[::1]:8080",
                "a_b-c.d~e",
                "a%20b",
            })
    void aNameOrAddressWithOrWithoutPortIsAHost(String host) {
        assertThatCode(() -> HeadCheck.require(host)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a:",
                "a:b",
                "a:80:",
                "a b",
                "a/b",
                "user@a",
                "a%2",
                "[::1",
                "[::1]:",
                "[::1]a",
                "[::1]a:80",
                "[zz]",
                "::1",
                "a]",
            })
    void anythingElseIsNone(String host) {
        assertThatThrownBy(() -> HeadCheck.require(host))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
