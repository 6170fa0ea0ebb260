// Nothing: a library of one file that owns the precompiled headers of several programs (CMakeLists.txt).
