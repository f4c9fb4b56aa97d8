package ai.luthier.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long every operator of libtorch runs on the thread that made this clock, autograd's own included, without what it calls:
 * libtorch tells an observer [1] when an operator begins and ends, and this one is written in Java. While it is open, an
 * operator costs a few microseconds more; closed, nothing.
 *
 * <p>[1] {@code at::RecordFunctionCallback}: two function pointers, a sampling probability and flags. JavaCPP cannot make one, so its
 * bytes are laid out here.
 */
final class OperatorClock implements AutoCloseable {

    private static final Linker LINKER = Linker.nativeLinker();

    /** Functions of the dispatcher; the scopes of autograd's nodes and of user code are left to what they call. */
    private static final int FUNCTION_SCOPE = 0;

    /** {@code const char* at::RecordFunction::name() const}. */
    private static final MethodHandle NAME = LINKER.downcallHandle(
            SymbolLookup.loaderLookup().findOrThrow("_ZNK2at14RecordFunction4nameEv"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    /** Two pointers, a double, ten scopes and three more flags. */
    private static final MemoryLayout CALLBACK = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_DOUBLE,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    /** {@code CallbackHandle at::addGlobalCallback(RecordFunctionCallback)}. */
    private static final MethodHandle ADD = LINKER.downcallHandle(
            SymbolLookup.loaderLookup().findOrThrow("_ZN2at17addGlobalCallbackENS_22RecordFunctionCallbackE"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, CALLBACK));

    /** {@code void at::removeCallback(CallbackHandle)}. */
    private static final MethodHandle REMOVE = LINKER.downcallHandle(
            SymbolLookup.loaderLookup().findOrThrow("_ZN2at14removeCallbackEm"),
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

    private static final long LONGEST_NAME = 1024;
    private static final long SCOPES_AT = 24;

    /** What an operator did in one place: its name, and the method of this project that asked for it. */
    record Place(String operator, String caller) {}

    /** What was measured in one place: nanoseconds without those of called operators, and how many of these were called. */
    private static final class Sum {
        private double nanos;
        private long calls;
        private long children;
    }

    /** Time in one place, and how often. */
    record Total(double seconds, long calls) {}

    private static final class Open {
        private final Place place;
        private final long start;
        private long inner;
        private long children;

        Open(Place place, long start) {
            this.place = place;
            this.start = start;
        }
    }

    private final LongSupplier clock;
    private final Thread thread = Thread.currentThread();
    private final Arena arena = Arena.ofShared();
    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<Place, Sum> sums = new HashMap<>();
    private final long handle;

    /** Counts from now on by a clock in nanoseconds, which is read on the current thread. */
    OperatorClock(LongSupplier clock) {
        this.clock = clock;
        MemorySegment callback = arena.allocate(CALLBACK);
        callback.set(
                ValueLayout.ADDRESS,
                0,
                stub(
                        "begin",
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)));
        callback.set(
                ValueLayout.ADDRESS,
                8,
                stub("end", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)));
        callback.set(ValueLayout.JAVA_DOUBLE, 16, 1.0);
        callback.set(ValueLayout.JAVA_BOOLEAN, SCOPES_AT + FUNCTION_SCOPE, true);
        this.handle = add(callback);
    }

    private MemorySegment stub(String method, FunctionDescriptor descriptor) {
        try {
            MethodType type = descriptor.toMethodType();
            MethodHandle target = MethodHandles.lookup().bind(this, method, type);
            return LINKER.upcallStub(target, descriptor, arena);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code unique_ptr<ObserverContext> start(const RecordFunction&)}: the result's place comes first, and stays null. */
    @SuppressWarnings("unused") // called by libtorch
    private long begin(long result, long function) {
        MemorySegment.ofAddress(result).reinterpret(Long.BYTES).set(ValueLayout.JAVA_LONG, 0, 0);
        if (Thread.currentThread().equals(thread)) {
            String name = name(function);
            Open outer = open.peek();
            String caller = outer == null ? caller() : outer.place.caller();
            open.push(new Open(new Place(name, caller), clock.getAsLong()));
        }
        return result;
    }

    private static long add(MemorySegment callback) {
        try {
            return (long) ADD.invokeExact(callback);
        } catch (Throwable e) {
            throw new IllegalStateException("libtorch takes no observer", e);
        }
    }

    private static String name(long function) {
        try {
            MemorySegment name = (MemorySegment) NAME.invokeExact(function);
            return name.reinterpret(LONGEST_NAME).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("libtorch does not say which operator runs", e);
        }
    }

    /** {@code void end(const RecordFunction&, ObserverContext*)}. */
    @SuppressWarnings("unused") // called by libtorch
    private void end(long function, long context) {
        if (Thread.currentThread().equals(thread) && !open.isEmpty()) {
            Open done = open.pop();
            long took = clock.getAsLong() - done.start;
            if (!open.isEmpty()) {
                open.peek().inner += took;
                open.peek().children++;
            }
            Sum sum = sums.computeIfAbsent(done.place, _ -> new Sum());
            sum.nanos += took - done.inner;
            sum.calls++;
            sum.children += done.children;
        }
    }

    private static final StackWalker WALKER = StackWalker.getInstance();

    private static String caller() {
        return WALKER.walk(frames -> frames.filter(frame -> frame.getClassName().startsWith("ai.luthier.engine"))
                .filter(frame -> !frame.getClassName().startsWith("ai.luthier.engine.tensor"))
                .limit(3)
                .map(frame -> frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName())
                .reduce((inner, outer) -> inner + " < " + outer)
                .orElse(""));
    }

    /**
     * Each place so far. What observing costs is taken out: the clock's reading, which every operator's own time holds once, and
     * the rest of the two calls, which its caller's time holds.
     *
     * @param observing nanoseconds that an observed operator takes longer than an unobserved one
     */
    Map<Place, Total> places(double observing) {
        double reading = reading();
        Map<Place, Total> totals = new HashMap<>();
        sums.forEach((place, sum) -> {
            double nanos = sum.nanos - reading * sum.calls - (observing - reading) * sum.children;
            totals.put(place, new Total(Math.max(0, nanos) / 1e9, sum.calls));
        });
        return totals;
    }

    /** How many operators ran. */
    long operators() {
        return sums.values().stream().mapToLong(sum -> sum.calls).sum();
    }

    private double reading() {
        int times = 10_000;
        long start = clock.getAsLong();
        long last = start;
        for (int i = 0; i < times; i++) {
            last = clock.getAsLong();
        }
        return (double) (last - start) / times;
    }

    @Override
    public void close() {
        try {
            REMOVE.invokeExact(handle);
        } catch (Throwable e) {
            throw new IllegalStateException("libtorch keeps its observer", e);
        }
        arena.close();
    }
}
