package ai.luthier.text.data;

import java.util.Arrays;

/** The keys of one JSON object so far, to notice a repeated one. Looks at the first 16 only; known objects have fewer. */
final class SeenKeys {

    private final String[] keys = new String[16];
    private int size;

    void clear() {
        Arrays.fill(keys, 0, size, null);
        size = 0;
    }

    /** False where {@code key} was there before. */
    boolean add(String key) {
        if (contains(key)) {
            return false;
        }
        if (size < keys.length) {
            keys[size++] = key;
        }
        return true;
    }

    boolean contains(String key) {
        for (int i = 0; i < size; i++) {
            if (keys[i].equals(key)) {
                return true;
            }
        }
        return false;
    }
}
