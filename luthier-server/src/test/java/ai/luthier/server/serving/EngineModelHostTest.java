package ai.luthier.server.serving;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.engine.export.ExportFormat;
import ai.luthier.engine.gguf.Quantization;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.accounts.KeyService;
import ai.luthier.server.models.AddedBases;
import ai.luthier.server.models.Bases;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.store.Database;
import ai.luthier.server.store.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that no model has; what the host serves is tested with the engine behind it, in the module of the commands. */
class EngineModelHostTest {

    private Database database;
    private EngineModelHost host;
    private Caller caller;

    @BeforeEach
    void open(@TempDir Path folder) {
        database = TestDatabase.open();
        caller = new KeyService(database, Clock.systemUTC(), "personal").owner();
        var bases = new Bases(new AddedBases(database), () -> folder.resolve("never-unpacked"));
        host = new EngineModelHost(bases, new ModelRegistry(database, folder.resolve("models")));
    }

    @AfterEach
    void close() {
        host.close();
        database.close();
    }

    @Test
    void aTunedNameThatNoModelHas_isRefusedWithTheNearestModels() {
        String name = "ft:gpt-3.5-turbo:org_id"; // As printed when fine-tuning was announced.
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> host.open(caller, name),
                () -> host.export(caller, name, ExportFormat.PEFT, Quantization.F16, () -> true))) {
            assertThatThrownBy(call)
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith("The model `" + name + "` does not exist or you do not have access to it.")
                    .hasMessageContaining("The nearest models that exist: `gpt-3.5-turbo-0125`, ")
                    .extracting(e -> ((LuthierException) e).code())
                    .isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        }
    }

    @Test
    void anotherNameThatNoModelHas_isRefusedInOpenAisWordsAlone() {
        assertThatThrownBy(() -> host.open(caller, "gpt-fake"))
                .hasMessage("The model `gpt-fake` does not exist or you do not have access to it.");
    }
}
