//! The npm package's surface: conversion only.
