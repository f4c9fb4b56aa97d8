package ai.luthier.text.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoTest {

    @ParameterizedTest
    @CsvSource({
        "1, 25",
        "4, 25",
        "5, 20",
        "10, 10",
        "25, 4",
        "33, 3",
        "34, 3",
        "101, 3",
        "8333, 3",
        "8334, 2",
        "12500, 2",
        "12501, 1",
        "25001, 1",
        "2000000000, 1"
    })
    void epochs_followThePublishedRule(int rows, int epochs) {
        assertThat(Auto.epochs(rows)).isEqualTo(epochs);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "10, 1",
        "101, 1",
        "749, 1",
        "750, 2",
        "1000, 2",
        "1250, 3",
        "127749, 255",
        "127750, 256",
        "2000000000, 256"
    })
    void batchSize_isTwoInAThousand(int rows, int batchSize) {
        assertThat(Auto.batchSize(rows)).isEqualTo(batchSize);
    }

    @Test
    void refusesNoRows() {
        assertThatThrownBy(() -> Auto.epochs(0)).hasMessageContaining("rows is 0");
        assertThatThrownBy(() -> Auto.batchSize(-1)).hasMessageContaining("rows is -1");
    }
}
