/**
 * The thin layer between Java and libtorch: loading the native library, element types, scopes, and calls of operators that
 * JavaCPP does not map.
 *
 * <p>Open {@link ai.luthier.engine.tensor.Torch} first. Nothing here hides libtorch: the other rooms call
 * {@code org.bytedeco.pytorch} directly.
 *
 * <pre>{@code
 * Torch.load();
 * try (var scope = new PointerScope()) {
 *     Tensor x = Tensors.floats(new float[] {1, 2, 3, 4}, 2, 2);     // [2, 2]
 *     float[] y = Tensors.toFloats(x.matmul(x));
 * }
 * }</pre>
 *
 * <p>Invariants: every tensor belongs to a {@code PointerScope}; one that outlives its scope was handed to the enclosing one
 * by {@link ai.luthier.engine.tensor.Scopes} or retained by the object that owns it and closes it. libtorch's thread
 * count is one per process.
 */
@NullMarked
package ai.luthier.engine.tensor;

import org.jspecify.annotations.NullMarked;
