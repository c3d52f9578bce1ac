import Dispatching
import Testing
