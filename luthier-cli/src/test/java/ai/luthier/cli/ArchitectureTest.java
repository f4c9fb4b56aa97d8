package ai.luthier.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls of the house: modules point downwards, and libtorch stays behind the engine. */
@AnalyzeClasses(packages = "ai.luthier", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule modulesPointDownwards = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("api")
            .definedBy("ai.luthier.api..")
            .layer("text")
            .definedBy("ai.luthier.text..")
            .layer("engine")
            .definedBy("ai.luthier.engine..")
            .layer("nano")
            .definedBy("ai.luthier.nano..")
            .layer("server")
            .definedBy("ai.luthier.server..")
            .layer("cli")
            .definedBy("ai.luthier.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("server")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("server", "cli")
            .whereLayer("nano")
            .mayOnlyBeAccessedByLayers("server", "cli")
            .whereLayer("text")
            .mayOnlyBeAccessedByLayers("engine", "server", "cli")
            .whereLayer("api")
            .mayOnlyBeAccessedByLayers("text", "engine", "server", "cli");

    @ArchTest
    static final ArchRule onlyTheEngineKnowsLibtorch = noClasses()
            .that()
            .resideOutsideOfPackage("ai.luthier.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule theApiNeedsNothingButAnnotations = classes()
            .that()
            .resideInAPackage("ai.luthier.api..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "ai.luthier.api..", "java..", "com.fasterxml.jackson.annotation..", "org.jspecify.annotations..");

    @ArchTest
    static final ArchRule roomsOfAModuleFormNoCycles =
            slices().matching("ai.luthier.(*).(*)..").should().beFreeOfCycles();
}
