import CLinux
import Glibc

/// A few threads that do one piece of work each and wait for each other: fork and join. The caller does piece 0 and
/// the pieces of threads that the system would not give. Handing over costs some 20 microseconds, so give it work
/// of at least a few hundred.
final class Crew {
    private let hands: Hands
    private var threads: [pthread_t] = []
    /// Pieces the caller does.
    private var own = [0]

    /// - Parameter work: does the piece of that number; runs on all threads at once.
    init(size: Int, work: @escaping (Int) -> Void) {
        hands = Hands(work)
        for number in 1..<max(size, 2) where number < size {
            let start = Unmanaged.passRetained(Start(hands, number))
            var thread = pthread_t()
            let result = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    var signals = sigset_t()
                    sigfillset(&signals)
                    pthread_sigmask(SIG_BLOCK, &signals, nil)
                    keruen_name_thread("traffic")
                    start.hands.serve(start.number)
                    return nil
                }, start.toOpaque())
            if result == 0 {
                threads.append(thread)
            } else {
                start.release()
                own.append(number)
            }
        }
    }

    deinit {
        hands.end()
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Does all pieces and returns when the last is done.
    func run() {
        if !threads.isEmpty { hands.begin(threads.count) }
        for number in own { hands.work(number) }
        if !threads.isEmpty { hands.wait() }
    }

    private final class Start {
        let hands: Hands
        let number: Int
        init(_ hands: Hands, _ number: Int) {
            self.hands = hands
            self.number = number
        }
    }
}

/// What the threads of a crew share; everything that changes is guarded by the mutex.
private final class Hands {
    let work: (Int) -> Void
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wake: UnsafeMutablePointer<pthread_cond_t>
    private let done: UnsafeMutablePointer<pthread_cond_t>
    private var round = 0
    private var working = 0
    private var isEnding = false

    init(_ work: @escaping (Int) -> Void) {
        self.work = work
        mutex = .allocate(capacity: 1)
        wake = .allocate(capacity: 1)
        done = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(done, nil)
    }

    deinit {
        pthread_cond_destroy(done)
        pthread_cond_destroy(wake)
        pthread_mutex_destroy(mutex)
        done.deallocate()
        wake.deallocate()
        mutex.deallocate()
    }

    func begin(_ threads: Int) {
        pthread_mutex_lock(mutex)
        round += 1
        working = threads
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
    }

    func wait() {
        pthread_mutex_lock(mutex)
        while working > 0 { pthread_cond_wait(done, mutex) }
        pthread_mutex_unlock(mutex)
    }

    func end() {
        pthread_mutex_lock(mutex)
        isEnding = true
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
    }

    func serve(_ number: Int) {
        var seen = 0
        while true {
            pthread_mutex_lock(mutex)
            while round == seen, !isEnding { pthread_cond_wait(wake, mutex) }
            let isOver = isEnding
            seen = round
            pthread_mutex_unlock(mutex)
            if isOver { return }
            work(number)
            pthread_mutex_lock(mutex)
            working -= 1
            if working == 0 { pthread_cond_signal(done) }
            pthread_mutex_unlock(mutex)
        }
    }
}
