package dev.turnpike.launcher.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.turnpike.runtime.config.Secret;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HouseRulesTest {
    /** What a pure package may use: no file, socket, thread, client, clock or log is among it. */
    private static final String[] PURE = {
        "java.lang",
        "java.lang.annotation",
        "java.lang.invoke",
        "java.lang.runtime",
        "java.math",
        "java.nio.charset",
        "java.security",
        "java.time..",
        "java.util",
        "java.util.function",
        "java.util.random",
        "java.util.regex",
        "java.util.stream",
        "javax.crypto..",
        "org.jspecify.annotations",
        "org.pcollections",
        "dev.turnpike.schemas..",
        "dev.turnpike.runtime.problem..",
        "dev.turnpike..domain.."
    };

    private static final Pattern EMPTY_WORDS =
            Pattern.compile("^Abstract|^I[A-Z][a-z]|(Utils?|Helpers?|Manager|Impl)$");

    private static final Predicate<JavaCall<?>> TAKEN =
            call -> {
                var owner = call.getTargetOwner();
                var name = call.getName();
                if (owner.getPackageName().equals("java.time")) {
                    return name.equals("now") || name.startsWith("system");
                }
                return (owner.isEquivalentTo(System.class) && name.equals("currentTimeMillis"))
                        || (owner.isEquivalentTo(System.class)
                                && name.equals("nanoTime")
                                && isPure(call.getOriginOwner()))
                        || (owner.isEquivalentTo(Math.class) && name.equals("random"))
                        || (owner.isEquivalentTo(UUID.class) && name.equals("randomUUID"))
                        || owner.isEquivalentTo(ThreadLocalRandom.class)
                        || owner.isEquivalentTo(SecureRandom.class);
            };

    /** Deadlines of I/O are measured where the I/O is; rules are given their time. */
    private static boolean isPure(JavaClass origin) {
        return origin.getPackageName().contains(".domain")
                || origin.getPackageName().startsWith("dev.turnpike.edge.wire")
                || origin.getPackageName().startsWith("dev.turnpike.edge.pipeline");
    }

    @ParameterizedTest
    @EnumSource
    void aRoomSeesOnlyTheRoomsBelowIt(House room) {
        noClasses()
                .that()
                .resideInAPackage(room.packages())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(room.forbidden())
                .allowEmptyShould(true)
                .check(House.CLASSES);
    }

    @Test
    void everyClassIsInARoom() {
        assertThat(House.CLASSES)
                .allMatch(type ->
                        Arrays.stream(House.values())
                                .anyMatch(room -> room.holds(type.getPackageName())));
    }

    @Test
    void packagesOfARoomDoNotDependOnEachOtherInCircles() {
        slices().matching("dev.turnpike.(*).(*)..").should().beFreeOfCycles().check(House.CLASSES);
    }

    @Test
    void aDomainIsPure() {
        classes()
                .that()
                .resideInAPackage("dev.turnpike..domain..")
                .should()
                .onlyDependOnClassesThat(
                        JavaClass.Predicates.resideInAnyPackage(PURE)
                                .or(JavaClass.Predicates.equivalentTo(Secret.class))
                                .or(describe("an array or primitive", HouseRulesTest::isPlain)))
                .allowEmptyShould(true)
                .check(House.CLASSES);
    }

    /**
     * The test kit plays the world outside and measures it: real time is what it is for. A {@code
     * *Service} wires its module and the launcher wires them all: they hand out clocks.
     */
    @Test
    void timeAndRandomnessAreGivenNotTaken() {
        noClasses()
                .that()
                .resideOutsideOfPackages(House.LAUNCHER.packages(), House.TEST_KIT.packages())
                .and()
                .haveSimpleNameNotEndingWith("Service")
                .should()
                .callMethodWhere(describe("the time or a random value is taken", TAKEN))
                .orShould()
                .callConstructorWhere(
                        DescribedPredicate.<JavaConstructorCall>describe(
                                "an unseeded Random is made",
                                call ->
                                        call.getTargetOwner().isEquivalentTo(Random.class)
                                                && call.getTarget()
                                                        .getRawParameterTypes()
                                                        .isEmpty()))
                .check(House.CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(House.CLASSES.stream().map(JavaClass::getPackage).distinct())
                .filteredOn(place -> !isNullMarked(place))
                .extracting(JavaPackage::getName)
                .isEmpty();
    }

    @Test
    void aNameSaysWhatAThingIs() {
        assertThat(House.CLASSES)
                .extracting(JavaClass::getSimpleName)
                .filteredOn(name -> EMPTY_WORDS.matcher(name).find())
                .isEmpty();
    }

    @Test
    void nothingStaticChanges() {
        fields().that().areStatic().should().beFinal().check(House.CLASSES);
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(describe("something that changes", HouseRulesTest::changes))
                .check(House.CLASSES);
    }

    @Test
    void loggingIsSlf4jAndOnlyMainsPrint() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "org.apache.logging..")
                .check(House.CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(House.LAUNCHER.packages())
                .and()
                .haveSimpleNameNotEndingWith("Main")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(House.CLASSES);
    }

    @Test
    void testsHaveNoMocksAndDoNotSleep() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.mockito..", "org.easymock..")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", Duration.class)
                .check(
                        new ClassFileImporter()
                                .withImportOption(at -> at.contains("/test-classes/"))
                                .importPackages("dev.turnpike"));
    }

    private static boolean isNullMarked(JavaPackage place) {
        return place.tryGetPackageInfo()
                .map(info -> info.isAnnotatedWith(NullMarked.class))
                .orElse(false);
    }

    private static boolean isPlain(JavaClass type) {
        return type.getBaseComponentType().isPrimitive();
    }

    private static boolean changes(JavaClass type) {
        return (type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class))
                        && !type.isInterface()
                        && !type.getPackageName().equals("org.pcollections")
                || type.getPackageName().startsWith("java.util.concurrent.atomic")
                || type.isAssignableTo(ThreadLocal.class);
    }
}
