#pragma once

namespace lv {

// Called on a worker before each open; the first call of the process registers the event implementation
// and starts the thread that runs it. Throws Failure.
void EnsureEventLoop();

// Waits until the event loop's thread has left whatever it was dispatching when this was called.
// Not from that thread.
void EventLoopBarrier();

}  // namespace lv
