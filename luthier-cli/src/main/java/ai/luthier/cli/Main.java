package ai.luthier.cli;

/** Entry point of the {@code luthier} command. */
public final class Main {

    private Main() {}

    /** Runs one command and exits with its code; see {@link ai.luthier.api.ErrorCode} for the codes. */
    public static void main(String[] arguments) {
        System.exit(0);
    }
}
